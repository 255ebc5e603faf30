"""numpy's corners: types that numbers of Python's meet, refusals, and what stands at the ends."""

import numpy as np


def show(value):
    """A value with its type, so that printing does not hide it."""
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(show(item) for item in value) + ")"
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {value.tolist()}"
    if isinstance(value, np.bool_):
        return repr(bool(value))
    return f"{value.dtype} {value.item()!r}" if isinstance(value, np.number) else repr(value)


def attempt(call):
    try:
        print(show(call()))
    except OverflowError:
        print("OverflowError")
    except IndexError as error:
        print("AxisError" if isinstance(error, ValueError) else "IndexError")
    except ValueError:
        print("ValueError")
    except (TypeError, ZeroDivisionError) as error:
        print("TypeError" if isinstance(error, TypeError) else "ZeroDivisionError")


def float_into_int():
    a = np.array([1, 2])
    a += 0.5


def too_large_into_uint8():
    np.zeros(2, np.uint8)[0] = 300


CALLS = [
    float_into_int,
    lambda: np.tril([1,2,3]),
    lambda: np.triu([1,2,3],1),
    lambda: np.tril(np.ones((1,3,3)),-1),
    lambda: np.array([1,2],np.uint64)*3,
    lambda: np.array([-2**62])-2**62-np.array([5]),
    lambda: np.array([2**62,1])*4,
    lambda: np.where([True,False],np.array([1,2],np.uint8),7),
    lambda: np.std([1,2,3]),
    lambda: np.median([[1,2],[3,5]],axis=1),
    lambda: np.quantile([[1,2],[3,5]],0.25,axis=0),
    lambda: np.percentile([1,2,3,4],30),
    lambda: np.nanmean([[1,np.nan],[np.nan,np.nan]],axis=1),
    lambda: np.nansum([1.5,np.nan]),
    lambda: np.nansum([np.nan]),
    lambda: np.random.RandomState(3).randint(0,2,12,dtype=bool),
    lambda: np.random.RandomState(3).randint(0,70,5,dtype=np.uint16),
    lambda: np.arange(3,-2,-0.7),
    lambda: np.arange(5,0,-2,dtype=np.uint8),
    lambda: np.diagonal(np.arange(24).reshape(2,3,4),1,2,1),
    lambda: np.insert(np.arange(6).reshape(2,3),-1,7,axis=1),
    lambda: np.delete(np.arange(6).reshape(2,3),[0,-1],1),
    lambda: np.cumsum([1,2],out=np.zeros(2)),
    lambda: np.add.reduce([1,2],out=np.zeros((),int)),
    lambda: np.array([1,2],np.int8)==1000,
    lambda: np.uint8(5)<=-1,
    lambda: np.int8(5)+(-128),
    lambda: np.square(np.array([2**40])),
    lambda: np.clip(np.array([5,200],np.uint8),10,1000),
    lambda: np.roll([[1,2],[3,4]],(1,0),(0,1)),
    lambda: np.digitize([1,2,3],[1,2,3],right=True),
    lambda: np.bincount([],minlength=2),
    lambda: np.unique([3,1,3],return_counts=True),
    lambda: np.repeat([1,2],[0,2]),
    lambda: np.einsum("ij,jk->ik",np.ones((2,3)),np.ones((3,1))),
    lambda: np.trace(np.arange(9).reshape(3,3),1),
    lambda: [np.zeros(2,dtype=t)[0]==0 for t in ("?","u1","f2")],
    lambda: np.int64(3).mean(),
    lambda: np.sqrt([4.0],out=np.zeros(1,np.float32)),
    lambda: np.full(2,300,np.uint8),
    lambda: np.asarray([1.9,-1.9]).astype(np.int8),
    lambda: np.zeros((2,0)).reshape(0,-1).shape,
    lambda: np.zeros((2,0)).reshape(-1,3).shape,
    lambda: np.zeros(6).reshape(-1,-1),
    lambda: np.zeros(6).reshape(-2,-3),
    lambda: np.zeros(-1),
    lambda: np.zeros((-2,-3)),
    lambda: np.array([1],np.uint8)+300,
    lambda: np.uint8(100)<300,
    lambda: np.array([100],np.uint8)<300,
    lambda: np.array([255],np.uint8)==-1,
    too_large_into_uint8,
    lambda: np.array([300],np.uint8),
    lambda: np.array([np.int64(300)],np.uint8),
    lambda: np.argmax(np.zeros(0)),
    lambda: np.zeros((2,3)).transpose(0,0),
    lambda: np.add.reduce(np.array([100,100],np.int8)),
    lambda: np.fmod(np.array([5,-5]),3),
    lambda: np.fmod(np.array([5]),0),
    lambda: np.fmod(5.0,0),
    lambda: np.reciprocal(np.array([2,1])),
    lambda: np.array([True])-np.array([False]),
    lambda: -np.array([True]),
    lambda: np.abs(np.array([True])),
    lambda: np.square(np.array([True])),
    lambda: np.array([True])**np.array([True]),
    lambda: np.array([True])//np.array([True]),
    lambda: np.maximum(np.array([True]),False),
    lambda: np.array([True])<<np.array([True]),
    lambda: np.sign(np.array([True])),
    lambda: np.floor(np.array([True])),
    lambda: +np.array([True]),
    lambda: np.arctanh(np.array([1.0,-1.0])),
    lambda: np.unravel_index(10,(3,3)),
    lambda: np.ravel_multi_index((3,0),(3,3)),
    lambda: np.digitize([0.5,2.5],[3,2,1]),
    lambda: np.digitize([0.5,2.5],[3,5,1]),
    lambda: np.unique(np.array([np.nan,1.0,np.nan])),
    lambda: np.bincount([0,1,1],weights=[0.5,1,2]),
    lambda: np.bincount([-1,1]),
    lambda: np.array_equal([np.nan],[np.nan],equal_nan=True),
    lambda: np.arange(1.0,2.0,0.1),
    lambda: np.arange(1.0,2.0,0.1,dtype=np.float32),
    lambda: np.arange(1.0,2.0,0.1,dtype=np.float16),
    lambda: np.arange(0.5,3.5,0.5,dtype=int),
    lambda: np.arange(0,1,0),
    lambda: np.diagonal(np.arange(12).reshape(2,2,3)),
    lambda: np.diagonal(np.arange(6).reshape(2,3),1,1,0),
    lambda: np.trace(np.arange(12).reshape(2,2,3)),
    lambda: np.hanning(7),
    lambda: np.hamming(7),
    lambda: np.blackman(7),
    lambda: np.rollaxis(np.zeros((2,3,4)),0,-1).shape,
    lambda: np.delete(np.arange(4),np.array([True,False,True,False])),
    lambda: np.delete(np.arange(4),5),
    lambda: np.insert([1,2,3],-1,9),
    lambda: np.insert(np.zeros((2,2)),1,[5,6],axis=1),
    lambda: np.insert([1,2,3],5,9),
    lambda: np.insert(np.zeros((2,2)),1,[5,6],axis=0),
    lambda: np.einsum("ij,jk->ik",np.ones((2,2))),
    lambda: np.einsum("ii",np.ones((2,3))),
    lambda: np.einsum("i,i",np.ones(2),np.ones(3)),
    lambda: np.random.RandomState(0).randint(0,256,8,dtype=np.uint8),
    lambda: np.random.RandomState(0).randint(0,100,8,dtype=np.int16),
    lambda: np.random.RandomState(0).randint(0,100,8,dtype=np.int32),
    lambda: np.dtype("float64")==None,
    lambda: np.can_cast("i4","i8","no"),
    lambda: np.quantile([1.0,np.nan],0.5),
    lambda: np.quantile([1.0,2.0],-0.5),
    lambda: np.quantile([0.1,0.7,0.3,0.9],[0.1,0.6,0.9]),
    lambda: np.median([0.1,0.7]),
    lambda: np.median([0.1,np.nan,2.0]),
    lambda: np.nanmean([1,2]),
    lambda: np.nansum([1,2]),
    lambda: np.nanmax([np.nan]),
    lambda: np.nanmax([1,2]),
    lambda: np.diff(np.array([True,False,False])),
    lambda: np.array([2**62])+2**62,
    lambda: np.linalg.inv(np.ones((2,3))),
    lambda: np.linalg.det(np.ones((2,3))),
    lambda: np.linalg.solve(np.ones((3,2)),np.ones(3)),
    lambda: np.int64(3).mean(),
    lambda: np.float32(3).sum(),
    lambda: np.zeros(0).reshape(-1,0),
    lambda: np.zeros(0).reshape(-1,2),
    lambda: np.tensordot(np.zeros((2,0)),np.zeros((0,3)),1),
    lambda: np.linspace(0,1,-1),
    lambda: np.linspace(np.float32(0),np.float32(1),3),
    lambda: np.array([-8.0])**(1/3),
    lambda: np.float_power(np.float32(2),2),
    lambda: np.cumsum(np.array([1.5,2.5],np.float32)),
    lambda: np.add.accumulate(np.array([100,100],np.int8)),
    lambda: np.where(True,1,2),
    lambda: np.select([[True,False]],[[1,2]],0.5),
    lambda: np.nan_to_num(np.nan),
    lambda: np.round(12345,-2),
    lambda: np.linalg.norm(np.ones((2,2,2)),1),
    lambda: np.repeat([1,2],-1),
    lambda: np.max(np.zeros((0,3)),axis=0),
    lambda: np.sum(np.zeros((2,2)),axis=(0,0)),
    lambda: np.take([1,2],[5]),
    lambda: np.clip(np.array([1],np.uint8),-1,300),
    lambda: np.array([7])//0,
    lambda: np.pad([1,2],-1),
    lambda: np.tril(np.ones(3)),
    lambda: np.argmax([1.0,np.nan,3.0]),
    lambda: np.isinf(np.array([1,2])),
    lambda: np.sign(-0.0),
    lambda: np.add([1.5],[1.5],out=np.zeros(1,int)),
    lambda: np.array([True])+np.array([True]),
    lambda: np.logical_xor.reduce([True,True,False]),
    lambda: np.multiply.reduce(np.array([100,100],np.int8)),
    lambda: np.maximum.reduce([3,1]),
    lambda: np.add.reduce([0.5,1.5]),
    lambda: np.array([100],np.int8)*np.array([2],np.int8),
    lambda: np.array([1,2,3])==[1,2],
    lambda: np.zeros((2,3)).swapaxes(0,5),
    lambda: np.zeros((1,2)).squeeze(1),
    lambda: np.exp2(np.array([3])),
    lambda: np.cross([1,2,3],[4,5,6]),
    lambda: np.stack([[1,2],[3,4]],-1),
    lambda: np.interp([0.5,5],[0,1,2],[1,3,2]),
    lambda: np.meshgrid([1,2],[3,4],sparse=True)[0],
    lambda: np.flip([[1,2],[3,4]],(0,1)),
    lambda: np.rot90([[1,2],[3,4]],3),
    lambda: np.roll([[1,2],[3,4]],1,(0,1)),
]


def main():
    for call in CALLS:
        attempt(call)
